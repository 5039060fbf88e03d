// Reads the import lines of the project's sources, for the tests that hold who may import whom.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Import {
  /** As written: `node:fs`, `zod`, `../model/scope.ts`. */
  readonly specifier: string;
  /** The project's file it means, relative to the root with `/`; undefined for packages and Node's own modules. */
  readonly file: string | undefined;
  /** The package's name (`@scope/name`), or `node:…`; undefined for files of the project. */
  readonly package: string | undefined;
  /** Leaves nothing behind when types are stripped. */
  readonly typeOnly: boolean;
  /** `import(…)`: loaded when it is reached. */
  readonly dynamic: boolean;
}

export interface Source {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Re-exports everything, or something, of another file. */
  readonly reExports: boolean;
}

/** Every TypeScript file below these folders of the project. */
export function readSources(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) => filesBelow(join(ROOT, folder))).map(readSource);
}

/** All files that are loaded when this one is, itself included; types and dynamic imports load nothing. */
export function loadedWith(file: string, sources: readonly Source[]): readonly Source[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const loaded = new Set<Source>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const source = byFile.get(next);
    if (source === undefined) throw new Error(`${next} is not among the sources read`);
    if (loaded.has(source)) continue;
    loaded.add(source);
    for (const { file: imported, typeOnly, dynamic } of source.imports) {
      if (imported !== undefined && !typeOnly && !dynamic) open.push(imported);
    }
  }
  return [...loaded];
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function readSource(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const parsed = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  let reExports = false;
  const add = (specifier: ts.Expression, typeOnly: boolean, dynamic: boolean): void => {
    if (ts.isStringLiteral(specifier)) imports.push({ ...resolve(path, specifier.text), typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node), false);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      reExports = true;
      add(node.moduleSpecifier, node.isTypeOnly, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined) add(specifier, false, true);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal as ts.StringLiteral, true, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return { file: projectPath(path), text, imports, reExports };
}

function importsTypesOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

function resolve(from: string, specifier: string): Pick<Import, 'specifier' | 'file' | 'package'> {
  if (specifier.startsWith('.')) {
    return { specifier, file: projectPath(join(dirname(from), specifier)), package: undefined };
  }
  if (specifier.startsWith('node:')) return { specifier, file: undefined, package: specifier };
  const parts = specifier.split('/');
  return { specifier, file: undefined, package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

function projectPath(path: string): string {
  return relative(ROOT, path).split(sep).join('/');
}
