import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small file system of its own, in memory, that can be filled up or made read-only. */
export interface SmallDisk {
  readonly path: string
  /** Not a byte fits on it any more. */
  fill(): void
  empty(): void
  /** Only while nobody has a file open for writing on it. */
  readOnly(): void
  writable(): void
  /** Unmounts it and removes its directory. For `afterAll`. */
  close(): void
}

const sizeMib = 4
/** Room for the journal of ext4. */
const failingDiskMib = 32

export function mountSmallDisk(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'haltgate-disk-'))
  const mount = (...args: string[]) => {
    try {
      execFileSync('mount', [...args, path], { stdio: ['ignore', 'ignore', 'pipe'] })
    } catch (cause) {
      rmSync(path, { recursive: true, force: true })
      throw new Error('no tmpfs can be mounted here: run this test as root with the right to mount', {
        cause,
      })
    }
  }
  mount('-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=700`, 'tmpfs')
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const piece = Buffer.alloc(statfsSync(path).bsize)
      try {
        for (;;) writeFileSync(ballast, piece, { flag: 'a' })
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    },
    empty: () => rmSync(ballast),
    readOnly: () => mount('-o', 'remount,ro'),
    writable: () => mount('-o', 'remount,rw'),
    close() {
      execFileSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/**
 * A real file system on a small image, for what happens to a running gateway when its disk fails: ext4 then lets
 * nobody write any more, also those who have files open.
 */
export function mountFailingDisk(): { path: string; fail(): void; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-disk-'))
  const image = join(folder, 'image')
  const path = join(folder, 'mounted')
  const run = (program: string, ...args: string[]) =>
    void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    writeFileSync(image, '')
    truncateSync(image, failingDiskMib * 1024 * 1024)
    mkdirSync(path)
    run('mkfs.ext4', '-q', image)
    run('mount', '-o', 'loop,errors=remount-ro', image, path)
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true })
    const message =
      'no ext4 image can be mounted here: run this test as root with e2fsprogs, loop devices and the right to mount'
    throw new Error(message, { cause })
  }
  return {
    path,
    fail: () => run('mount', '-o', 'remount,abort', path),
    close() {
      run('umount', '-l', path)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
