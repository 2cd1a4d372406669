/** Endings of names → the language, as editors call it. */
const byEnding: Readonly<Record<string, string>> = {
  c: 'c',
  cc: 'cpp',
  clj: 'clojure',
  cpp: 'cpp',
  cs: 'csharp',
  css: 'css',
  cts: 'typescript',
  dart: 'dart',
  ex: 'elixir',
  exs: 'elixir',
  fish: 'fish',
  go: 'go',
  graphql: 'graphql',
  h: 'c',
  hpp: 'cpp',
  hs: 'haskell',
  html: 'html',
  ini: 'ini',
  java: 'java',
  js: 'javascript',
  json: 'json',
  jsonc: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  less: 'less',
  lua: 'lua',
  m: 'objective-c',
  md: 'markdown',
  mjs: 'javascript',
  cjs: 'javascript',
  ml: 'ocaml',
  mts: 'typescript',
  nix: 'nix',
  php: 'php',
  pl: 'perl',
  proto: 'protobuf',
  ps1: 'powershell',
  py: 'python',
  r: 'r',
  rb: 'ruby',
  rs: 'rust',
  scala: 'scala',
  scss: 'scss',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  sql: 'sql',
  svelte: 'svelte',
  swift: 'swift',
  tf: 'terraform',
  toml: 'toml',
  ts: 'typescript',
  tsx: 'typescript',
  vue: 'vue',
  xml: 'xml',
  svg: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
  zig: 'zig',
};

const byName: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  makefile: 'makefile',
  justfile: 'makefile',
  gemfile: 'ruby',
  rakefile: 'ruby',
};

/** The language of a file by its name; `plaintext` where none is known. */
export const languageOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (Object.hasOwn(byName, name)) return byName[name] ?? 'plaintext';
  const ending = endingOf(name).slice(1);
  return (Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined) ?? 'plaintext';
};

/** The ending of a name with its dot, in lower case; empty for none. */
export const endingOf = (path: string): string => /[^/](\.[^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
