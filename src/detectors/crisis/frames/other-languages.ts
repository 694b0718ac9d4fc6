import type { Frame } from './frame.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import { hindi } from './hindi.ts'
import { portuguese } from './portuguese.ts'
import { spanish } from './spanish.ts'

/** All languages but English. */
export const otherLanguages: readonly Frame[] = [...spanish, ...german, ...french, ...portuguese, ...hindi]
