import { DockerfileParser, type ModifiableInstruction } from 'dockerfile-ast';
import { ImageError, type ImageErrorCode } from './errors.ts';

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** What follows the keyword and its flags, continuation lines joined, variables not yet expanded. */
  readonly text: string;
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** `Dockerfile:7`, for messages. */
  readonly place: string;
}

export interface Dockerfile {
  /** The instructions before FROM: only ARG. */
  readonly globals: readonly Instruction[];
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile of one stage. Throws DOCKERFILE_INVALID or UNSUPPORTED naming file and line. */
export function parseDockerfile(content: string, file: string): Dockerfile {
  const parsed = DockerfileParser.parse(content);
  if (parsed.getEscapeCharacter() !== '\\') {
    throw new ImageError('UNSUPPORTED', `${file}: another escape character than \\ is not supported`);
  }
  const all = parsed.getInstructions().map(
    (each): Instruction => ({
      keyword: each.getKeyword(),
      text: joinLines(each.getRawArgumentsContent() ?? ''),
      flags: flagsOf(each),
      place: `${file}:${each.getRange().start.line + 1}`,
    }),
  );
  const [from, second] = all.filter(({ keyword }) => keyword === 'FROM');
  if (from === undefined) throw new ImageError('DOCKERFILE_INVALID', `${file}: there is no FROM instruction`);
  if (second !== undefined)
    throw refuse(second, 'UNSUPPORTED', 'a second stage is not supported; keep one FROM');
  const at = all.indexOf(from);
  const misplaced = all.slice(0, at).find(({ keyword }) => keyword !== 'ARG');
  if (misplaced !== undefined)
    throw refuse(misplaced, 'DOCKERFILE_INVALID', 'only ARG may stand before FROM');
  return { globals: all.slice(0, at), from, instructions: all.slice(at + 1) };
}

/** An error about one instruction: `Dockerfile:7: RUN …`. */
export function refuse({ place, keyword }: Instruction, code: ImageErrorCode, why: string): ImageError {
  return new ImageError(code, `${place}: ${keyword}: ${why}`);
}

function flagsOf(instruction: unknown): Instruction['flags'] {
  const flags = (instruction as Partial<ModifiableInstruction>).getFlags?.() ?? [];
  return flags.map(flag => ({ name: flag.getName(), value: flag.getValue() ?? '' }));
}

/** Joins continuation lines and drops the comment lines between them. */
function joinLines(raw: string): string {
  const [first = '', ...rest] = raw.split(/\r?\n/);
  const lines = [first, ...rest.filter(line => !line.trimStart().startsWith('#'))];
  return lines
    .map(line => line.replace(/\\[ \t]*$/, ''))
    .join('')
    .trim();
}
