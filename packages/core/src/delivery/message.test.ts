import { describe, expect, test } from 'vitest';
import { wordsOf } from './message.ts';

const id = '01JDAAAAAAAAAAAAAAAAAAAAAA';
const trailer = `Agent-Harbor-Session: ${id}`;
const words = (prompt: string, last: string | null = null, given?: Parameters<typeof wordsOf>[2]) =>
  wordsOf({ id, prompt }, last, given);

describe('of a session', () => {
  test('the prompt is the subject, the last message the rest, the session the trailer', () => {
    expect(words('Mend the cart\n\nIt loses items.', 'The cart keeps its items.')).toEqual({
      message: `Mend the cart\n\nThe cart keeps its items.\n\n${trailer}\n`,
      title: 'Mend the cart',
      body: `The cart keeps its items.\n\nAsked:\n\n> Mend the cart\n> \n> It loses items.\n\n${trailer}`,
    });
  });

  test('an agent that said nothing leaves no gap', () => {
    expect(words('Mend the cart').message).toBe(`Mend the cart\n\n${trailer}\n`);
  });

  test('a prompt without text has a subject all the same', () => {
    expect(words(' \n ')).toMatchObject({
      message: `Work of an agent\n\n${trailer}\n`,
      title: 'Work of an agent',
      body: trailer,
    });
  });

  test('the subject is at most 72 characters and does not end in half of one', () => {
    expect(words('a'.repeat(72)).title).toBe('a'.repeat(72));
    expect(words('a'.repeat(73)).title).toBe(`${'a'.repeat(71)}…`);
    expect(words(`${'a'.repeat(70)}😀😀`).title).toBe(`${'a'.repeat(70)}…`);
  });

  test('what would move a cursor is taken out, and lines end as in a commit', () => {
    expect(words('Mend\u001b[2J the\u0000 cart\u009b', 'One\r\ntwo\rthree\u0007').message).toBe(
      `Mend [2J the  cart\n\nOne\ntwo\nthree\n\n${trailer}\n`,
    );
  });

  test('long lines are wrapped at 72 characters, but not those of a quote, a table or code', () => {
    const sentence = `${'word '.repeat(30)}end`;
    const kept = [`    ${sentence}`, `> ${sentence}`, `| ${sentence}`, 'x'.repeat(100)];
    const lines = words('Mend', [sentence, ...kept].join('\n')).message.split('\n');
    for (const line of kept) expect(lines).toContain(line);
    const wrapped = lines.slice(2, lines.indexOf(kept[0] ?? ''));
    expect(wrapped.join(' ')).toBe(sentence);
    expect(Math.max(...wrapped.map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  test('no more than 2000 characters are said of the task and of what came of it', () => {
    const { message, body } = words('p'.repeat(9000), 'm'.repeat(9000));
    expect(message.match(/m/g)).toHaveLength(1999);
    expect(body.match(/p/g)).toHaveLength(1999);
    expect(body).toContain('m…\n\nAsked:');
  });
});

describe('of somebody who wrote them', () => {
  test('a message is taken as it is, with the trailer once', () => {
    const own = words('Mend the cart', 'Done.', { message: `Keep items\n\nFor good.\n\n${trailer}\n` });
    expect(own.message).toBe(`Keep items\n\nFor good.\n\n${trailer}\n`);
    expect(words('Mend the cart', 'Done.', { message: 'Keep items' })).toEqual({
      message: `Keep items\n\n${trailer}\n`,
      title: 'Keep items',
      body: trailer,
    });
  });

  test('its first line is the title and the rest the text of a pull request, without the prompt', () => {
    expect(words('Mend the cart', 'Done.', { message: `${'k'.repeat(130)}\n\nFor good.` })).toMatchObject({
      title: `${'k'.repeat(119)}…`,
      body: `For good.\n\n${trailer}`,
    });
  });

  test('a title and a text go before, also an empty text', () => {
    expect(words('Mend the cart', 'Done.', { title: 'Mine', body: '' })).toEqual({
      message: `Mend the cart\n\nDone.\n\n${trailer}\n`,
      title: 'Mine',
      body: '',
    });
  });
});
