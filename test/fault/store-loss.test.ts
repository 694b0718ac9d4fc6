import { flushed, startedEmpty, testStoreLoss } from './support/store-loss.ts'

testStoreLoss({ whileUp: [flushed, startedEmpty], whileDown: [flushed, startedEmpty] })
