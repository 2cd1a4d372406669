import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  line: number;
  /** Undefined where it is computed. */
  specifier: string | undefined;
  /** True where nothing of it is left in the program. */
  isType: boolean;
}

export interface Reading {
  imports: Import[];
  /** Calls and members such as `Date.now` and `new Date()`, by the text of the rules. */
  expressions: { line: number; text: string }[];
}

/** What a source file imports, in every way that TypeScript and Node know, and the plain expressions it uses. */
export const readImports = (path: string, source: string): Reading => {
  const { program, errors } = parseSync(path, source);
  const error = errors[0];
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);

  const reading: Reading = { imports: [], expressions: [] };
  const line = (offset: number) => source.slice(0, offset).split('\n').length;
  const add = (node: { start: number }, specifier: string | undefined, isType: boolean) =>
    reading.imports.push({ line: line(node.start), specifier, isType });
  const use = (node: { start: number }, text: string) =>
    reading.expressions.push({ line: line(node.start), text });

  new Visitor({
    ImportDeclaration(node) {
      const inline = node.specifiers.length > 0 && node.specifiers.every(isTypeSpecifier);
      add(node, node.source.value, node.importKind === 'type' || inline);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node, node.source.value, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node, node.source.value, node.exportKind === 'type');
    },
    TSImportType(node) {
      add(node, node.source.value, true);
    },
    ImportExpression(node) {
      add(node, literal(node.source), false);
    },
    CallExpression(node) {
      const callee = name(node.callee);
      if (callee === 'require' || callee === 'require.resolve' || callee === 'import.meta.resolve') {
        add(node, literal(node.arguments[0]), false);
      }
      if (callee !== undefined && node.arguments.length === 0) use(node, `${callee}()`);
    },
    NewExpression(node) {
      const callee = name(node.callee);
      if (callee !== undefined && node.arguments.length === 0) use(node, `new ${callee}()`);
    },
    MemberExpression(node) {
      const member = name(node);
      if (member !== undefined) use(node, member);
    },
  }).visit(program);
  return reading;
};

/** The little of a syntax node that is read here. */
interface Node {
  type: string;
}

const isTypeSpecifier = (specifier: Node): boolean =>
  'importKind' in specifier && specifier.importKind === 'type';

const literal = (node: Node | undefined): string | undefined => {
  if (node === undefined) return undefined;
  if ('value' in node && typeof node.value === 'string') return node.value;
  return undefined;
};

/** `a`, `a.b` or `a['b']` as text; undefined for anything deeper or computed. */
const name = (node: Node): string | undefined => {
  if ('name' in node && typeof node.name === 'string') return node.name;
  if (node.type === 'MetaProperty') return 'import.meta';
  if (node.type !== 'MemberExpression' || !('object' in node) || !('property' in node)) return undefined;
  const { object, property } = node;
  if (!isNode(object) || !isNode(property)) return undefined;
  const left = name(object);
  const computed = 'computed' in node && node.computed === true;
  const right = computed ? literal(property) : name(property);
  return left === undefined || right === undefined ? undefined : `${left}.${right}`;
};

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;
