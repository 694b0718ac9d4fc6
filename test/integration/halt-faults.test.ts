import { testHaltSpreads } from '../fault/support/halt-spreads.ts'
import { testKilledGateway } from '../fault/support/killed-gateway.ts'
import { testShortOutage } from '../fault/support/redis-outage.ts'
import { flushed, startedEmpty, testStoreLoss } from '../fault/support/store-loss.ts'

// The quick ones of test/fault, so that every run of the tests has seen real gateways fail.
testHaltSpreads()
testShortOutage()
testStoreLoss({ whileUp: [flushed], whileDown: [startedEmpty] })
testKilledGateway({ times: 1 })
