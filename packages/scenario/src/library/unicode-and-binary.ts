import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, runs, says, waits, writes } from './phrases.ts';

export const unicodeAndBinary: ScenarioSource = {
  name: 'unicode-and-binary',
  description: 'Text and names in many scripts, awkward line ends, and files that are no text.',
  tags: ['text'],
  repo: {
    files: [
      { path: 'README.md', contents: 'Grüße aus der Werkstatt.\n' },
      {
        path: 'data/pixel.gif',
        contents: { base64: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7' },
      },
    ],
  },
  timeline: [
    asked('Translate the greeting into every language'),
    {
      llmResponse: [
        {
          think: [
            [50, '日本語、한국어, العربية, עברית, ελληνικά 👩🏽\u200d🚀'],
            [100, 'zwei Zeilen:\r\nund eine mit \u2028 darin, ein Tab\tund ein Strich \\ am Ende\n'],
          ],
        },
        {
          assistant: [
            [50, 'e\u0301 ist nicht \u00e9, \u202erechts nach links\u202c, und <b>kein</b> & HTML'],
          ],
        },
      ],
    },
    writes(
      "greetings/你好 – dzień dobry 'quoted'.txt",
      '你好\r\nこんにちは\r\nзравей\r\n🙂',
      'Ohne Zeilenende am Schluss',
    ),
    waits(50),
    writes('-rf $(name) & co.txt', 'A name that would be dangerous in a shell.\n'),
    waits(50),
    {
      agentEdits: {
        path: 'data/pixel.gif',
        contents: { base64: 'R0lGODlhAQABAPAAAP8AAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==' },
      },
    },
    { agentEdits: { path: 'data/noise.bin', contents: { base64: 'AAECA//+/QCAgYKD' } } },
    waits(50),
    runs(['node', '-e', "console.log('Übersetzt: 4 \\u{1F310}')"], ['Übersetzt: 4 \u{1F310}\n']),
    says(50, 'Fertig.'),
    done,
  ],
};
