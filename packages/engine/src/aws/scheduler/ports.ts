/** What EventBridge Scheduler needs of others. */
export interface SchedulerPorts {
  /**
   * Invokes a function asynchronously, once per token, and returns the request id. Throws AwsError when it does not take
   * the event.
   */
  invoke(request: { token: string; functionName: string; event: object }): string;
}
