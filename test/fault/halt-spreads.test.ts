import { testHaltSpreads } from './support/halt-spreads.ts'

testHaltSpreads()
