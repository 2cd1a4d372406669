/** What stands around the fragments of a diff in HTML, so that a browser shows them as a page by itself. */
export const diffPage = {
  begin: [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Diff of a session</title>',
    // Whatever the fragments are: nothing in them runs or is loaded.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<style>',
    ':root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }',
    '.ah-diff { margin: 0 0 2em } .ah-diff-path { font-weight: bold }',
    '.ah-diff-hunk { border-collapse: collapse; width: 100%; font-family: ui-monospace, monospace }',
    '.ah-diff-hunk caption { text-align: left; opacity: .7 }',
    '.ah-diff-number { width: 4em; text-align: right; opacity: .6; user-select: none; padding: 0 .5em }',
    '.ah-diff-mark { width: 1em } .ah-diff-text code { white-space: pre-wrap; overflow-wrap: anywhere }',
    '.ah-diff-added { background: #2da44e26 } .ah-diff-removed { background: #cf222e26 }',
    '.ah-diff-no-line-end, .ah-diff-note { opacity: .7 } .ah-diff-hidden { outline: 1px solid #bf8700 }',
    '</style></head><body>',
    '',
  ].join('\n'),
  end: '</body></html>\n',
} as const;
