/** A query as the ports write it: parsed values, absent members undefined. */
export type QueryValues = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** `?…` for the members that are there, else nothing. Lists are joined by commas, but `label` is repeated. */
export const queryString = (values: QueryValues): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value === 'string' || typeof value === 'number') search.append(name, String(value));
    else if (name === 'label') for (const item of value) search.append(name, item);
    else search.append(name, value.join(','));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
};
