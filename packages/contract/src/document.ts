import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { ContractProblem } from './problem.ts';
import { suggest } from './suggest.ts';

/** Bytes; a contract is a page of text. */
export const DOCUMENT_SIZE_MAX = 64 * 1024;

export interface Reading<T> {
  /** The checked value, or `undefined` when there are problems. */
  readonly value: T | undefined;
  readonly problems: readonly ContractProblem[];
  /** Makes a problem at a key of this document, for rules that look at several documents. */
  readonly problemAt: (path: readonly PropertyKey[], message: string) => ContractProblem;
}

/**
 * Reads a YAML text and checks it against a schema. All problems of the text are collected, each with
 * the place where it stands.
 */
export function readDocument<Schema extends z.ZodType>(
  source: { text: string; file: string; service?: string },
  schema: Schema,
): Reading<z.infer<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, schema: 'core', merge: false });

  const at = (offset: number, key: string, value: unknown, message: string): ContractProblem => {
    const { line, col } = lines.linePos(offset);
    const shown = value === undefined ? undefined : abbreviate(value);
    return {
      ...{ service: source.service, file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) },
      ...{ key, value: shown, message },
    };
  };
  const problemAt = (path: readonly PropertyKey[], message: string) => {
    const value = isNode(document.contents) ? document.getIn([...path]) : undefined;
    return at(offsetOf(document, path), path.join('.'), isNode(value) ? undefined : value, message);
  };
  const fail = (problems: ContractProblem[]) => ({ value: undefined, problems, problemAt });

  if (source.text.length > DOCUMENT_SIZE_MAX) {
    return fail([
      at(0, '', undefined, `is larger than ${DOCUMENT_SIZE_MAX / 1024} kB: a contract is a page of text`),
    ]);
  }
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return fail(
      syntax.map(error => at(error.pos[0], '', undefined, `is not plain YAML: ${firstLine(error.message)}`)),
    );
  }
  if (!isMap(document.contents)) {
    return fail([at(0, '', undefined, 'must be a map of keys and values, beginning with "name:"')]);
  }
  const plain = toPlain(document);
  if (plain instanceof Error)
    return fail([at(0, '', undefined, `is not plain YAML: ${firstLine(plain.message)}`)]);

  const result = schema.safeParse(plain);
  if (result.success) return { value: result.data, problems: [], problemAt };
  const problems = result.error.issues.flatMap(issue => explain(issue, schema, document, at));
  return fail(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

type At = (offset: number, key: string, value: unknown, message: string) => ContractProblem;

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, document: Document, at: At): ContractProblem[] {
  const key = issue.path.join('.');
  const value = document.getIn([...issue.path]);
  const shown = isNode(value) ? undefined : value;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(unknown => {
        const meant = suggest(unknown, keysAt(schema, issue.path));
        const known = keysAt(schema, issue.path).join(', ');
        const advice = meant ? `did you mean ${meant}?` : known ? `known keys are ${known}` : 'remove it';
        const path = [...issue.path, unknown];
        return at(
          offsetOf(document, path, 'key'),
          path.join('.'),
          undefined,
          `is not a known key: ${advice}`,
        );
      });
    case 'invalid_key': {
      const message = issue.issues.map(inner => inner.message).join('; ');
      return [at(offsetOf(document, issue.path, 'key'), key, undefined, `is not a good name: ${message}`)];
    }
    case 'invalid_type':
      if (value === undefined)
        return [at(offsetOf(document, issue.path), key, undefined, 'is missing: add it')];
      return [at(offsetOf(document, issue.path), key, shown, lowerFirst(plainType(issue)))];
    default:
      return [at(offsetOf(document, issue.path), key, shown, lowerFirst(issue.message))];
  }
}

/** Where a path of the document stands; for what is missing, where its nearest parent stands. */
function offsetOf(document: Document, path: readonly PropertyKey[], part: 'key' | 'value' = 'value'): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent) && part === 'key') {
    const pair = parent.items.find(item => String(item.key) === path.at(-1));
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && (node as Node).range) return (node as Node).range![0];
  }
  return 0;
}

/** The keys that the schema knows at a path, to suggest one of them. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const key of path) {
    const definition = unwrap(current);
    if (definition === undefined) return [];
    current = definition.type === 'record' ? definition.valueType : shapeOf(definition)?.[String(key)];
  }
  return Object.keys(shapeOf(unwrap(current)) ?? {});
}

interface Definition {
  readonly type: string;
  readonly [key: string]: unknown;
}

function unwrap(schema: unknown): Definition | undefined {
  let definition = (schema as { def?: Definition } | undefined)?.def;
  while (definition && (definition.innerType ?? definition.in)) {
    definition = ((definition.innerType ?? definition.in) as { def: Definition }).def;
  }
  return definition;
}

function shapeOf(definition: Definition | undefined): Record<string, unknown> | undefined {
  return definition?.type === 'object' ? (definition.shape as Record<string, unknown>) : undefined;
}

function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Our own sentence where the schema gives one, else the expected type in words. */
function plainType(issue: z.core.$ZodIssueInvalidType): string {
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  const words: Record<string, string> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'a text',
  };
  return `must be ${words[issue.expected] ?? `a ${issue.expected}`}`;
}

function abbreviate(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
