/** The part of autocannon (which has no types of its own) that the benchmarks use. */
declare module "autocannon" {
  interface Request {
    readonly method: "POST";
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** Asked before each sending; answers what is sent. */
    setupRequest?(request: Request): Request;
    onResponse?(status: number, body: string): void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly excludeErrorStats: boolean;
    /** Seconds. */
    readonly timeout: number;
    readonly amount?: number;
    /** Requests a second over all connections: each sends its share of a second as fast as it is answered. */
    readonly overallRate?: number;
    /** Seconds. */
    readonly duration?: number;
    setupClient(client: { setRequests(requests: readonly Request[]): void }): void;
  }
  interface Running extends Promise<{ readonly errors: number; readonly timeouts: number }> {
    on(event: "response", listener: (client: unknown, status: number, bytes: number, latencyMs: number) => void): this;
  }
  export default function autocannon(options: Options): Running;
}
