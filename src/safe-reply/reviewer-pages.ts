import type { CrisisLines } from './crisis-lines.ts'
import type { CrisisLine, CrisisRow } from './crisis-lines-schema.ts'
import { createSafeReplies } from './safe-reply.ts'
import { awaitingApproval, type SafeTexts, variants } from './texts.ts'

/** Every text as a person would read it, in Markdown, for the clinician who approves it: `docs/safe-replies.md`. */
export function safeRepliesPage(texts: SafeTexts, lines: CrisisLines, exampleRegion: string): string {
  const replies = createSafeReplies({ texts, lines })
  const sections = texts.languages.flatMap((language) => {
    const file = texts.get(language)
    const place = (region: string | undefined) =>
      variants.flatMap((variant) => [
        `**${variant}**`,
        quote(replies.render({ variant, language, region, afterCut: false }).text),
      ])
    return [
      `## ${language}, version ${file.version}: ${file.approvedBy ?? awaitingApproval}`,
      `Before each text, where the engine's reply was cut: "${file['after-cut']}"`,
      `### Where the country is not known (${language})`,
      ...place(undefined),
      `### Somebody in ${exampleRegion} (${language})`,
      ...place(exampleRegion),
    ]
  })
  return `${[...introduction, ...sections].join('\n\n')}\n`
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
  'These texts stand where an AI reply would have stood: while the halt is engaged, and when no engine can answer. A test keeps this page in step with `src/safe-reply/texts/*.json`, so what it shows is what is sent.',
  'Each text is at most 80 words with its numbers filled in. It says that it is automated, that the conversation is paused and not because of anything the person wrote, how to reach someone, and that someone nearby can help. It promises no follow-up and no secrecy.',
  '**Approval.** `approvedBy` in a file is the name and role of the clinician who approved exactly that `version`. Until somebody has, it is null and shown as "awaiting clinical approval". Each language needs its own reading, by a clinician who speaks it. Whoever changes a word changes `version` and sets `approvedBy` to null.',
  '**Your own texts.** Copy a file of `src/safe-reply/texts/`, change the words, keep every key and placeholder, and give the parsed file to `createTexts([...])`. A file with the language of a built-in one replaces it whole. What is wrong in it is named at the start; `problems()` names the places where a finished text would be longer than 80 words.',
  '**Numbers.** They come from [crisis-lines.md](crisis-lines.md): one line that suits the variant, one to write to if the first can only be called, and the directory; the less important give way where the 80 words are full. Where the country is not known there is no number at all, only the directory and "your local emergency number".',
  '**Language.** The best match for the `accept-language` value that the caller sends, else English.',
]

const aboutLines = [
  '# Crisis lines by country',
  'A number is *checked* when somebody read it at the sources given, on the day given. Numbers that are not checked are not used unless `useUnchecked` is set. A country of which only a part is checked gives that part, and the directory [findahelpline.com](https://findahelpline.com) or "your local emergency number" for the rest. No country ever gets the numbers of another.',
  'Emergency numbers are for ambulance and police; where a country has one number for all, both are the same. Most were read in the travel advice of the UK government (gov.uk), as copied on 2026-04-22 in a public repository, and many besides in a second list. Nobody called a number to check it.',
  '**To check again:** open the sources of an entry; read number, hours and ways to write there; correct `src/safe-reply/crisis-lines.json`; set `checkedOn` to the day, and `checked: true` with at least one source. Prefer the page of the line itself and one more. If no page shows the number any more, set `checked: false` and `checkedOn: null`. Then run the tests, which write this page anew (`npx vitest run --project unit test/safe-reply -u`).',
  '**180 days** after its last check an entry counts as stale: `stale()` names it, and it stays in use, because an old number is more likely right than none at hand. Check the countries you serve before you go live, whatever this page says.',
]
