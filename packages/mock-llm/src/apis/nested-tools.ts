import type { DeclaredTool } from '../exchange/request.ts';

const declaration = /declare const tools: \{ (\w+)\((args: \{([\s\S]*?)\n\}|input: string)\): Promise</g;
const member = /^ {2}(\w+)(\??): (string|number|boolean|Array)/gm;

/**
 * The tools that programs of a freeform tool may call. One vendor's agents declare them in TypeScript, in the description
 * of the tool that runs the programs, with members indented by two.
 */
export const nestedTools = (through: string, description: string): readonly DeclaredTool[] =>
  Array.from(description.matchAll(declaration), ([, name = '', , body]) => {
    if (body === undefined) return { name, kind: 'freeform', schema: undefined, through };
    const members = Array.from(body.matchAll(member), ([, key = '', optional, type = '']) => ({
      key,
      optional,
      type,
    }));
    const properties = Object.fromEntries(
      members.map(({ key, type }) => [key, { type: type.toLowerCase() }]),
    );
    const required = members.filter(({ optional }) => optional === '').map(({ key }) => key);
    return { name, kind: 'function', schema: { type: 'object', properties, required }, through };
  });
