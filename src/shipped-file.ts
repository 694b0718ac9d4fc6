/**
 * A file that ships with the code, by its path from `src/`. A build keeps such files where they are beside the folder of its
 * code, which is `src/` there, too.
 */
export function shippedFile(path: string): URL {
  return new URL(path, import.meta.url)
}
