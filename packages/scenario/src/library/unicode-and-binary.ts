/** Text and names in many scripts, awkward line ends, and files that are no text. */
export const unicodeAndBinary = String.raw`
name: unicode-and-binary
tags: [text]
repo:
  files:
    - path: README.md
      contents: |
        Grüße aus der Werkstatt.
    - path: data/pixel.gif
      contents: { base64: R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7 }
timeline:
  - userInputs:
      - relativeTime: 0
        input: Translate the greeting into every language
  - llmResponse:
      - think:
          - [50, "日本語、한국어, العربية, עברית, ελληνικά 👩🏽‍🚀"]
          - [100, "zwei Zeilen:\r\nund eine mit \u2028 darin, ein Tab\tund ein Strich \\ am Ende\n"]
      - assistant:
          - [50, "e\u0301 ist nicht é, \u202Erechts nach links\u202C, und <b>kein</b> & HTML"]
  - agentEdits:
      path: "greetings/你好 – dzień dobry 'quoted'.txt"
      contents: "你好\r\nこんにちは\r\nзравей\r\n🙂"
      description: Ohne Zeilenende am Schluss
  - baseTimeDelta: 50
  - agentEdits:
      path: "-rf $(name) & co.txt"
      contents: |
        A name that would be dangerous in a shell.
  - baseTimeDelta: 50
  - agentEdits:
      path: data/pixel.gif
      contents: { base64: R0lGODlhAQABAPAAAP8AAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw== }
  - agentEdits:
      path: data/noise.bin
      contents: { base64: AAECA//+/QCAgYKD }
  - baseTimeDelta: 50
  - agentToolUse:
      toolName: runCmd
      args: { cmd: [node, -e, "console.log('Übersetzt: 4 \\u{1F310}')"] }
      toolExecution:
        events:
          - { type: stdout, timeMs: 50, content: "Übersetzt: 4 \U0001F310\n" }
          - { type: completion, timeMs: 60, exitCode: 0 }
  - llmResponse:
      - assistant:
          - [50, Fertig.]
  - complete: true
`;
