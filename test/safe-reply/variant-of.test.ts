import { expect, test } from 'vitest'
import { CrisisCategory } from '../../src/detectors/finding.ts'
import { variantOf } from '../../src/safe-reply/variant-of.ts'

test('every category of danger has its words', () => {
  expect(CrisisCategory.options.map((category) => [category, variantOf(category, false)])).toEqual([
    ['suicidal-ideation', 'self'],
    ['self-harm', 'self'],
    ['harm-to-others', 'harm-to-others'],
    ['abuse', 'abuse'],
    ['medical-emergency', 'medical-emergency'],
    ['third-party', 'other'],
  ])
})

test('a minor in danger of suicide or self-harm gets the text for minors, any other danger keeps its own', () => {
  expect(CrisisCategory.options.map((category) => variantOf(category, true))).toEqual([
    'minor',
    'minor',
    'harm-to-others',
    'abuse',
    'medical-emergency',
    'other',
  ])
})
