import { builtInScenarios, initialPromptOf, type Scenario } from '@agent-harbor/scenario';
import type { Context } from '../context.ts';
import { table } from '../terminal/table.ts';

/** Shows the built-in scenarios, or those with a tag. */
export const listScenarios = async (
  context: Context,
  tag: string | undefined,
  onlyNames: boolean,
): Promise<void> => {
  const found = Object.values(builtInScenarios).filter(({ tags }) => tag === undefined || tags.includes(tag));
  const items = found.map((scenario) => {
    const { name, description, tags } = scenario;
    return { name, description, tags, prompt: initialPromptOf(scenario) };
  });
  await context.show({ items }, () =>
    onlyNames
      ? found.map(({ name }) => name)
      : found.length === 0
        ? ['No scenarios.']
        : table(columns, found, context.columns),
  );
};

const columns = [
  { title: 'NAME', cell: ({ name }: Scenario) => name },
  { title: 'TAGS', cell: ({ tags }: Scenario) => tags.join(',') },
  { title: 'WHAT IT SHOWS', cell: ({ description = '' }: Scenario) => description },
];
