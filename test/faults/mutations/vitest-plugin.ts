import { readFileSync } from 'node:fs';
import { mutationNamed, takeOut } from './take-out.ts';

/** Takes the guard out of what vitest itself loads, as the bundle of the programs does, when a run is about one. */
export const mutating = () => {
  const name = process.env.AH_FAULTS_MUTATION;
  if (name === undefined || name === '') return [];
  const mutation = mutationNamed(name);
  return [
    {
      name: 'mutation',
      enforce: 'pre' as const,
      load: (id: string): string | undefined => {
        if (!id.endsWith(mutation.file)) return undefined;
        return takeOut(mutation, id, readFileSync(id, 'utf8'));
      },
    },
  ];
};
