/** How much a caller wants a media type. */
export interface Preference {
  /** 0 (not at all) to 1. */
  readonly quality: number;
  /** How exactly the type was named: 2 by name, 1 by a range such as `text/*`, 0 by `*` over everything. */
  readonly specificity: number;
}

interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

/** Reads an `Accept` header (RFC 9110 12.5.1). Parameters other than `q` are ignored; no header accepts everything. */
export const readAccept = (header = ''): ((mediaType: string) => Preference) => {
  const known = read.get(header);
  if (known !== undefined) return known;
  const fresh = preferenceIn(header);
  if (read.size >= keptHeaders) read.clear();
  if (header.length <= longestKept) read.set(header, fresh);
  return fresh;
};

/** Callers send the same few headers over and over; what is longer than they are is not kept. */
const read = new Map<string, (mediaType: string) => Preference>();
const keptHeaders = 100;
const longestKept = 256;

const preferenceIn = (header: string): ((mediaType: string) => Preference) => {
  const ranges = (header.trim() === '' ? '*/*' : header).split(',').map(readRange);
  return (mediaType) => {
    const [type = '', subtype = ''] = mediaType.split('/');
    let best: Preference = { quality: 0, specificity: -1 };
    for (const range of ranges) {
      const specificity = match(range, type, subtype);
      if (specificity > best.specificity) best = { quality: range.quality, specificity };
    }
    return best;
  };
};

const readRange = (text: string): Range => {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = name.split('/');
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = weight === undefined ? 1 : Number(weight);
  return { type, subtype, quality: quality >= 0 && quality <= 1 ? quality : 0 };
};

const match = (range: Range, type: string, subtype: string): number => {
  if (range.type === '*' && range.subtype === '*') return 0;
  if (range.type !== type) return -1;
  if (range.subtype === '*') return 1;
  return range.subtype === subtype ? 2 : -1;
};

/** The type the caller likes best; undefined when none is accepted. Of equals the one named more exactly, then the first. */
export const preferred = <Type extends string>(
  accept: (mediaType: string) => Preference,
  types: readonly Type[],
): Type | undefined => {
  let best: { type: Type; preference: Preference } | undefined;
  for (const type of types) {
    const preference = accept(type);
    if (preference.quality === 0) continue;
    if (best === undefined || isBetter(preference, best.preference)) best = { type, preference };
  }
  return best?.type;
};

const isBetter = (left: Preference, right: Preference): boolean =>
  left.quality > right.quality || (left.quality === right.quality && left.specificity > right.specificity);
