import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";

/** Where the fetcher gets the access token from. */
export type TokenSource = {
  readonly token: () => string | undefined;
  /** @returns a new token; undefined if there is none to be had */
  readonly renew: () => Promise<string | undefined>;
};

/**
 * Sends operations with the caller's token. An answer of 401 to a token leads to
 * one renewal and one repetition; whatever comes then is the answer.
 *
 * @throws Error if the answer is not JSON, for instance a proxy's error page
 */
export function createFetcher(url: string, source: TokenSource): Fetcher {
  return async (params) => {
    const token = source.token();
    const first = await send(url, params, token);
    if (first.status !== 401 || token === undefined) return resultOf(first);
    const renewed = await source.renew();
    return resultOf(
      renewed === undefined ? first : await send(url, params, renewed),
    );
  };
}

function send(
  url: string,
  params: FetcherParams,
  token: string | undefined,
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(params),
  });
}

async function resultOf(response: Response): Promise<ExecutionResult> {
  try {
    return (await response.json()) as ExecutionResult;
  } catch {
    throw new Error(
      `The gateway answered ${response.status} without a GraphQL response.`,
    );
  }
}
