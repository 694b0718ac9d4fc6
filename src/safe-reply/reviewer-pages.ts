import type { CrisisLines } from './crisis-lines.ts'
import type { CrisisLine, CrisisRow } from './crisis-lines-schema.ts'
import { createSafeReplies, type SafeReplies } from './safe-reply.ts'
import {
  awaitingApproval,
  crisisVariants,
  occasions,
  type SafeTexts,
  type TextsFile,
  variants,
} from './texts.ts'

/** Every text with its numbers filled in, in Markdown, for the clinician who approves it: `docs/safe-replies.md`. */
export function safeRepliesPage(texts: SafeTexts, lines: CrisisLines, exampleRegion: string): string {
  const replies = createSafeReplies({ texts, lines })
  const sections = texts.languages.flatMap((language) => [
    ...sharedSections(texts.get(language), replies),
    `### Where the country is not known (${language})`,
    ...placeSections(replies, language, undefined),
    `### Somebody in ${exampleRegion} (${language})`,
    ...placeSections(replies, language, exampleRegion),
  ])
  return `${[...introduction, ...sections].join('\n\n')}\n`
}

/** What is the same in every place. */
function sharedSections(file: TextsFile, replies: SafeReplies): string[] {
  const openings = (of: TextsFile['openings']) =>
    occasions.map((occasion) => `- ${occasion}: "${of[occasion]}"`)
  const forMinors = file['openings-minor']
  return [
    `## ${file.language}, version ${file.version}: ${file.approvedBy ?? awaitingApproval}`,
    'The opening by occasion:',
    openings(file.openings).join('\n'),
    ...(forMinors ? ['The opening for a minor:', openings(forMinors).join('\n')] : []),
    `Before each text, where the engine's reply was cut: "${file['after-cut']}"`,
    '**acknowledgement**',
    quote(replies.acknowledgement(file.language).text),
  ]
}

function placeSections(replies: SafeReplies, language: string, region: string | undefined): string[] {
  const place = { language, region }
  return [
    ...variants.flatMap((variant) => [
      `**${variant}**`,
      quote(replies.render({ variant, ...place, afterCut: false }).text),
    ]),
    ...crisisVariants.flatMap((variant) => [
      `**support for ${variant}**, in full and brief`,
      quote(replies.support({ variant, ...place, brief: false }).text),
      quote(replies.support({ variant, ...place, brief: true }).text),
    ]),
    '**annotation**',
    quote(replies.annotation(place).text),
  ]
}

/** The crisis lines as a table, in Markdown: `docs/crisis-lines.md`. */
export function crisisLinesPage(lines: CrisisLines): string {
  const rows = lines.rows()
  const entries = rows.flatMap((row) => row.lines)
  const checked = (list: readonly { checked: boolean }[]) => list.filter((entry) => entry.checked).length
  const counts = `${rows.length} countries: the emergency numbers of ${checked(rows.map((row) => row.emergency))} and ${checked(entries)} of ${entries.length} lines are checked.`
  const table = [
    '| country | what | how | hours | checked | sources |',
    '|---|---|---|---|---|---|',
    ...rows.flatMap(tableRows),
  ]
  return `${[...aboutLines, counts, table.join('\n')].join('\n\n')}\n`
}

function tableRows({ region, name, emergency, lines }: CrisisRow): string[] {
  const numbers = [
    emergency.ambulance && `ambulance ${emergency.ambulance}`,
    emergency.police && `police ${emergency.police}`,
  ]
  const country = `${name} (${region})`
  return [
    cells([
      country,
      'emergency',
      numbers.filter(Boolean).join(', '),
      '',
      checkedCell(emergency),
      sourceCell(emergency),
    ]),
    ...lines.map((line) =>
      cells([
        country,
        `${line.kind}: ${line.name}`,
        ways(line),
        line.hours ?? 'not known',
        checkedCell(line),
        sourceCell(line),
      ]),
    ),
  ]
}

function ways({ call, text, chat }: CrisisLine): string {
  const written = text && `text ${text.keyword === undefined ? '' : `${text.keyword} to `}${text.number}`
  return [call && `call ${call}`, written, chat && `chat ${chat}`].filter(Boolean).join(', ')
}

function checkedCell({ checkedOn }: { checkedOn: string | null }): string {
  return checkedOn ?? '**no**, not used'
}

function sourceCell({ sources, note }: { sources: string[]; note?: string | undefined }): string {
  const links = sources.map((source, index) => `[${index + 1}](${source.replaceAll(')', '%29')})`).join(' ')
  return [links, note].filter(Boolean).join(' ')
}

function cells(values: string[]): string {
  return `| ${values.map((value) => value.replaceAll('|', '\\|').replaceAll('*', '\\*').replace('\\*\\*no\\*\\*', '**no**')).join(' | ')} |`
}

function quote(text: string): string {
  return `> ${text.replaceAll('*', '\\*')}`
}

const introduction = [
  '# What the person reads',
  'The words that come from the gateway and not from the AI. A test keeps this page in step with `src/safe-reply/texts/*.json`.',
  '**In place of a reply** (at most 80 words). The text says that it is automated, why it stands there, how to reach someone, and that someone nearby can help. It promises no follow-up and no secrecy. Its opening depends on the occasion, the rest on what the person told of. The texts below are shown with the opening of `paused`; where another one is longer and fills the 80 words, the less important help gives way.',
  '- `paused`: AI replies are halted, or no engine can answer.\n- `withheld`: an automated check held back the reply of the AI.\n- `intercepted`: the person told of a danger, and the text is the help itself.',
  '**Below a reply.** *Support* is added to a reply of the AI that offers no crisis line: a paragraph of at most 60 words, or brief, on one line of at most 25. It says first that it is not from the AI. *Annotation*, at most 40 words, stands behind a reply that an automated check has doubts about.',
  '**Before a reply.** *Acknowledgement*, at most 25 words, is shown while a reply is still being checked. What follows may be the reply of the AI or a text from this page, so it promises no more than an answer.',
  '**Approval.** `approvedBy` in a file is the name and role of the clinician who approved exactly that `version`. Until somebody has, it is null and shown as "awaiting clinical approval". Each language needs its own reading, by a clinician who speaks it. Whoever changes a word changes `version` and sets `approvedBy` to null.',
  '**Your own texts.** Copy a file of `src/safe-reply/texts/`, change the words, keep every key and placeholder (`openings-minor` is for languages that address a young person in another way, and may be left out), and give the parsed file to `createTexts([...])`. A file with the language of a built-in one replaces it whole. What is wrong in it is named at the start; `problems()` names the places where a finished text would have too many words.',
  '**Numbers.** They come from [crisis-lines.md](crisis-lines.md): one line that suits the variant, one to write to if the first can only be called, and the directory; the less important give way where the words are full. Where the country is not known there is no number at all, only the directory and "your local emergency number".',
  '**Language.** The best match for the `accept-language` value that the caller sends, else English.',
]

const aboutLines = [
  '# Crisis lines by country',
  'A number is *checked* when somebody read it at the sources given, on the day given. Numbers that are not checked are not used unless `useUnchecked` is set. A country of which only a part is checked gives that part, and the directory [findahelpline.com](https://findahelpline.com) or "your local emergency number" for the rest. No country ever gets the numbers of another.',
  'Emergency numbers are for ambulance and police; where a country has one number for all, both are the same. Most were read in the travel advice of the UK government (gov.uk), as copied on 2026-04-22 in a public repository, and many besides in a second list. Nobody called a number to check it.',
  '**To check again:** open the sources of an entry; read number, hours and ways to write there; correct `src/safe-reply/crisis-lines.json`; set `checkedOn` to the day, and `checked: true` with at least one source. Prefer the page of the line itself and one more. If no page shows the number any more, set `checked: false` and `checkedOn: null`. Then run the tests, which write this page anew (`npx vitest run --project unit test/safe-reply -u`).',
  '**180 days** after its last check an entry counts as stale: `stale()` names it, and it stays in use, because an old number is more likely right than none at hand. Check the countries you serve before you go live, whatever this page says.',
]
