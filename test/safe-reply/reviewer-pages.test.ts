import { expect, test } from 'vitest'
import { createCrisisLines } from '../../src/safe-reply/crisis-lines.ts'
import { crisisLinesPage, safeRepliesPage } from '../../src/safe-reply/reviewer-pages.ts'
import { createTexts } from '../../src/safe-reply/texts.ts'

test('docs/safe-replies.md shows the texts that are sent', async () => {
  const page = safeRepliesPage(createTexts(), createCrisisLines(), 'GB')
  await expect(page).toMatchFileSnapshot('../../docs/safe-replies.md')
})

test('docs/crisis-lines.md shows the lines that are named', async () => {
  await expect(crisisLinesPage(createCrisisLines())).toMatchFileSnapshot('../../docs/crisis-lines.md')
})

test('the reviewer sees who approved a text', () => {
  const approved = { ...createTexts().get('en'), approvedBy: 'Dr A. Example, psychiatrist' }
  const page = safeRepliesPage(createTexts([approved]), createCrisisLines(), 'GB')
  expect(page).toContain('Dr A. Example, psychiatrist')
  expect(page).toContain('## de, version 2026-11-22.2: awaiting clinical approval')
})
