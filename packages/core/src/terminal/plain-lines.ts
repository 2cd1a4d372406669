/** Takes what a terminal is shown, and gives the lines of it as text. */
export interface PlainLines {
  /** Takes the next piece, which may end in the midst of a sequence. */
  push(text: string): void;
  /** Gives out what is left without a line end. */
  end(): void;
}

type State = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape';

/** Sequences that begin with a byte of their own instead of ESC and a letter (ECMA-48, C1). */
const introducers: Readonly<Record<string, State>> = {
  '\u009b': 'sequence',
  '\u0090': 'string',
  '\u0098': 'string',
  '\u009d': 'string',
  '\u009e': 'string',
  '\u009f': 'string',
};

/** Private modes that show another screen until they are reset. */
const otherScreens = ['47', '1047', '1049'];
/** Parameters of a sequence beyond this are of no interest. */
const parameterLimit = 64;

/**
 * The lines of a terminal's output without its escape sequences, for logs. A line that is written over after a carriage
 * return is told as it was last; what is drawn on the other screen, as editors do, is a picture and no line of a log.
 * Lines are cut after `limit` characters, each piece but the last with `continued`.
 */
export const createPlainLines = (
  limit: number,
  take: (line: string, continued: boolean) => void,
): PlainLines => {
  let state: State = 'text';
  let parameters = '';
  let line = '';
  let isReturned = false;
  let isOtherScreen = false;

  const put = (character: string) => {
    if (isReturned) line = '';
    isReturned = false;
    if (isOtherScreen) return;
    line += character;
    if (line.length < limit) return;
    take(line, true);
    line = '';
  };
  const endLine = () => {
    if (!isOtherScreen) take(line, false);
    line = '';
    isReturned = false;
  };
  const control = (character: string) => {
    if (character === '\n') endLine();
    else if (character === '\r') isReturned = line !== '';
    else if (character === '\b') line = line.replace(/.$/su, '');
    else if (character === '\t') put(character);
  };
  const endSequence = (final: string) => {
    state = 'text';
    if ((final !== 'h' && final !== 'l') || !parameters.startsWith('?')) return;
    if (
      !parameters
        .slice(1)
        .split(';')
        .some((mode) => otherScreens.includes(mode))
    )
      return;
    isOtherScreen = final === 'h';
  };

  const inText = (character: string) => {
    const begun = introducers[character];
    if (character === '\u001b') state = 'escape';
    else if (begun !== undefined) begin(begun);
    else if (isControl(character)) control(character);
    else put(character);
  };
  const begin = (next: State) => {
    state = next;
    parameters = '';
  };
  const inEscape = (character: string) => {
    if (character === '[') begin('sequence');
    else if (']PX^_'.includes(character)) begin('string');
    // Up to a final byte there may be others, as in the choice of a character set.
    else if (!/[ -/]/.test(character)) state = character === '\u001b' ? 'escape' : 'text';
  };
  const inSequence = (character: string) => {
    if (/[@-~]/.test(character)) endSequence(character);
    else if (character === '\u001b') state = 'escape';
    // A terminal obeys these in the midst of a sequence, too.
    else if (isControl(character)) control(character);
    else if (parameters.length < parameterLimit) parameters += character;
  };
  const inString = (character: string) => {
    if (character === '\u0007' || character === '\u009c') state = 'text';
    else if (character === '\u001b') state = 'string-escape';
  };

  return {
    push(text) {
      for (const character of text) {
        if (state === 'text') inText(character);
        else if (state === 'escape') inEscape(character);
        else if (state === 'sequence') inSequence(character);
        else if (state === 'string') inString(character);
        else if (character === '\\') state = 'text';
        else {
          state = 'escape';
          inEscape(character);
        }
      }
    },
    end() {
      if (line !== '') endLine();
    },
  };
};

const isControl = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
};
