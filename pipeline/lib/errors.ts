/** The folder to write holds something else: it is left alone. */
export class OutputFolderError extends Error {
  readonly code = 'OutputFolder';

  constructor(folder: string) {
    super(`${folder} holds something other than an earlier assembly: name a folder of its own with --out`);
    this.name = 'OutputFolderError';
  }
}

/** Asked for a service that has no contract. */
export class UnknownServiceError extends Error {
  readonly code = 'UnknownService';

  constructor(service: string, known: readonly string[]) {
    super(`There is no service ${service}: known are ${known.join(', ')}`);
    this.name = 'UnknownServiceError';
  }
}
