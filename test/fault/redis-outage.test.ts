import { testLongOutage, testShortOutage } from './support/redis-outage.ts'

testShortOutage()
testLongOutage()
