import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadConfig } from "./config.ts";
import { Alert, Explorer, loadEditor } from "./explorer.tsx";
import { isCallback, openSession } from "./session.ts";
import "./style.css";

const root = createRoot(document.getElementById("explorer") as HTMLElement);
// Whoever comes back from signing in needs it: load it meanwhile.
if (isCallback()) void loadEditor();
root.render(<StrictMode>{await page()}</StrictMode>);

async function page(): Promise<ReactNode> {
  try {
    const config = await loadConfig();
    return <Explorer config={config} session={await openSession(config)} />;
  } catch (error) {
    return (
      <Alert text={error instanceof Error ? error.message : "Unknown fault."} />
    );
  }
}
