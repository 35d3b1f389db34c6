/** Where in an assembly something is wrong. */
export interface Place {
  stackName?: string | undefined;
  logicalId?: string | undefined;
}

/**
 * A template that cannot be carried out. `sentence` is AWS's own wording where AWS has one (its code there is
 * `ValidationError`); `message` names the stack and the resource before it.
 */
export class TemplateError extends Error {
  readonly code = 'ValidationError';
  readonly sentence: string;
  readonly place: Place;

  constructor(sentence: string, place: Place = {}) {
    super([...describe(place), sentence].join(': '));
    this.name = 'TemplateError';
    this.sentence = sentence;
    this.place = place;
  }
}

/** A directory that is no cloud assembly, or one that Slipway cannot read; `message` names the file. */
export class AssemblyError extends Error {
  readonly code = 'InvalidAssembly';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AssemblyError';
  }
}

/** Runs `work` and adds the place to the TemplateError that it throws, as far as it has none. */
export function at<R>(place: Place, work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) throw new TemplateError(error.sentence, { ...place, ...error.place });
    throw error;
  }
}

function describe({ stackName, logicalId }: Place): string[] {
  const words = [stackName && `stack ${stackName}`, logicalId && `resource ${logicalId}`].filter(Boolean);
  return words.length > 0 ? [words.join(', ')] : [];
}
