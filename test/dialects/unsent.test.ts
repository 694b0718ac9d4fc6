import { expect, it } from 'vitest'
import { createUnsent } from '../../src/dialects/unsent.ts'

function three() {
  const unsent = createUnsent<string>()
  for (const data of ['a', 'same', 'same']) unsent.add(data, [`${data} as read`])
  return unsent
}

it('gives back the changes of what has gone out, in order, and of nothing else', () => {
  const unsent = three()
  expect(unsent.take(1)).toEqual(['a as read'])
  expect(unsent.take()).toEqual(['same as read', 'same as read'])
  expect(unsent.take()).toEqual([])
})

it('tells equal events apart by their order, also when some have gone out in between', () => {
  const unsent = three()
  expect(unsent.next('a').before()).toEqual([])
  unsent.next('same').event.changes = ['first']
  expect(unsent.take(1)).toEqual(['a as read'])
  unsent.next('same').event.changes = ['second']
  expect(unsent.take()).toEqual(['first', 'second'])
})

it('finds the first event that is rewritten behind others that went out as they were', () => {
  const unsent = three()
  const { event, before } = unsent.next('same')
  expect(event.changes).toEqual(['same as read'])
  expect(before()).toEqual(['a as read'])
})

it('refuses an event that was never read, or is rewritten twice', () => {
  const unsent = three()
  expect(() => unsent.next('b')).toThrow('no such event')
  unsent.next('a')
  expect(() => unsent.next('a')).toThrow('no such event')
})
