/** A process of its own that opens the data directory given as its argument and keeps it until it is killed. */
import { silentLogger } from '../../src/logger.ts'
import { openDataDir } from '../../src/stores/data-dir.ts'

const { gatewayId } = openDataDir(process.argv[2] ?? '', () => 'gateway-child', silentLogger)
process.stdout.write(`${gatewayId}\n`)
setInterval(() => {}, 1_000)
