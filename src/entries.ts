/** The ways into the code, each read only when it is taken; `bin/` takes them. */
export const commandLine = () => import('./cli/run-process.ts')
export const worker = () => import('./workers/main.ts')
