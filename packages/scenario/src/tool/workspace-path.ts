/** The path in its plain form, `a/b/c`; undefined when it is absolute, leaves the workspace or names its root. */
export const workspacePath = (path: string): string | undefined => {
  if (path.startsWith('/') || path.includes('\u0000')) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
};
