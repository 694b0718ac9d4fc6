import { testKilledGateway } from './support/killed-gateway.ts'

testKilledGateway({ times: 5 })
