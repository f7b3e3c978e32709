import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { useMemo } from "react";
import { example } from "./example.ts";
import { type TokenSource, createFetcher } from "./fetcher.ts";
import { provideWorkers } from "./workers.ts";

provideWorkers();

/**
 * GraphiQL for one person; asks for the schema when it appears. There is no editor
 * for headers: what is typed there goes to the history, which is kept in storage.
 */
export function Editor(props: {
  readonly graphql: string;
  readonly source: TokenSource;
}) {
  const { graphql, source } = props;
  const fetcher = useMemo(
    () => createFetcher(graphql, source),
    [graphql, source],
  );
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={example}
      inputValueDeprecation
      schemaDescription
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Footer>
        <p className="hint">
          A denied field is <code>null</code>; its error names the scope it
          needs.
        </p>
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
