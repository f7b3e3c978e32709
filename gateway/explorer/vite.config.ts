import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Static files for `/explorer/`: no inline script, nothing from another host. */
export default defineConfig({
  base: "/explorer/",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Monaco alone is 3 MB, and loads only once somebody is signed in.
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
    // "use no memo" in GraphiQL's own files speaks to a compiler that has already run.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
