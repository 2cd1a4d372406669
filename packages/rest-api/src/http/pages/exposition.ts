import type { Family, Sample } from '@agent-harbor/core';

/** The text format of Prometheus in the version every scraper reads. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** Families as a scraper reads them, in the order given. */
export const renderExposition = (families: readonly Family[]): string => {
  let text = '';
  for (const family of families) {
    text += `# HELP ${family.name} ${escaped(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
    for (const sample of family.samples) text += line(family.name, sample);
  }
  return text;
};

const line = (name: string, { suffix = '', labels = {}, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text, true)}"`);
  return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numeral(value)}\n`;
};

const escaped = (text: string, isQuoted = false): string => {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return isQuoted ? plain.replaceAll('"', '\\"') : plain;
};

const numeral = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
};
