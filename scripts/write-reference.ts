import { writeFileSync } from 'node:fs'
import { configurationPage } from '../src/config/reference.ts'

// Writes the pages that come from code; a test keeps them in step.
writeFileSync('docs/configuration.md', configurationPage())
