/** A phase failed: CodeBuild's status code and words. */
export class PhaseFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhaseFailure';
    this.code = code;
  }
}

/** The build was called off while a phase ran. */
export class Aborted extends Error {
  readonly status: 'STOPPED' | 'TIMED_OUT';

  constructor(status: 'STOPPED' | 'TIMED_OUT') {
    super(status === 'STOPPED' ? 'Build was stopped' : 'Build has timed out');
    this.name = 'Aborted';
    this.status = status;
  }
}
