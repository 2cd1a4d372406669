import { beheaded, from, json, list, member, reversed, sent, set, text, to, withoutQuery } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

export const logs: Mutants = {
  'logs come as JSON and as lines': [
    takes('has JSON for all', (request) =>
      request.target.includes('/logs') ? sent('accept', 'application/json')(request) : request,
    ),
    gives(
      'has no logs',
      to(
        /\/logs$/,
        json(() => ({ lines: [] })),
      ),
    ),
    gives(
      'follows something else',
      to(
        /follow=true/,
        text((lines) => `${lines}more\n`),
      ),
    ),
  ],
  'logs are what was logged': [
    gives('loses a line', to(/\/logs/, member('logs', list(beheaded)))),
    gives(
      'tells another level',
      to(
        /\/logs/,
        member('logs.0.level', () => 'debug'),
      ),
    ),
    gives('turns them around', to(/\/logs/, member('logs', list(reversed)))),
  ],
  'a tail is the last lines': [
    takes('begins at the head', from(/\/logs/, withoutQuery('tail'))),
    gives('gives the first line', to(/tail=1$/, member('logs.0', set('message', 'first')))),
    gives(
      'leads nowhere',
      to(
        /\/logs/,
        member('nextCursor', () => null),
      ),
    ),
    takes('minds no cursor', from(/\/logs/, withoutQuery('cursor'))),
  ],
  'logs have levels': [
    takes('knows no level', from(/\/logs/, withoutQuery('level'))),
    gives(
      'gives that level only',
      to(
        /level=debug/,
        member('logs', () => []),
      ),
    ),
  ],
  'logs are of tools': [
    takes('knows no tool', from(/\/logs/, withoutQuery('tool_execution_id'))),
    takes('knows no tool when followed', from(/follow=true/, withoutQuery('tool_execution_id'))),
    gives('loses the lines of tools', to(/tool_execution_id=/, member('logs', list(beheaded)))),
    gives(
      'has no text of tools',
      to(
        /tool_execution_id=/,
        text(() => ''),
      ),
    ),
  ],
};
