import { Pool } from "undici";

export type Outgoing = {
  readonly authorization: string;
  readonly body: string;
};

export type Incoming = { readonly status: number; readonly body: Buffer };

export type Poster = {
  /** Without a promise or a stream of its own: the way with the least work. */
  readonly post: (
    outgoing: Outgoing,
    done: (incoming: Incoming) => void,
    fail: (error: Error) => void,
  ) => void;
  readonly close: () => Promise<void>;
};

/** Posts JSON to one URL over kept connections; as many as are needed, or so many at most. */
export function createPoster(url: string, connections?: number): Poster {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, connections ? { connections } : {});
  return {
    post({ authorization, body }, done, fail) {
      const chunks: Buffer[] = [];
      let status = 0;
      const headers = { "content-type": "application/json", authorization };
      pool.dispatch(
        { path, method: "POST", headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, code) => void (status = code),
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseEnd: () => done({ status, body: joined(chunks) }),
          onResponseError: (_, error) => fail(error),
        },
      );
    },
    close: () => pool.destroy(),
  };
}

/** Most bodies come in one piece, which need not be copied. */
export function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks);
}
