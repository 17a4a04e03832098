import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The weights of the classifier and of the tagger of names, for the playground.
  assetsInclude: ["**/*.bin"],
  build: {
    rollupOptions: {
      input: ["index.html", "lab.html"],
      // The weights are data and seldom change: what a browser has of them it keeps, whatever becomes of the code.
      output: {
        codeSplitting: {
          groups: [
            { name: "weights", test: /injection.weights\.bin/ },
            { name: "names", test: /names.weights\.bin/ },
          ],
        },
      },
    },
    // No polyfill: it would be an inline script, which the content security policy refuses.
    modulePreload: { polyfill: false },
    // No `data:` fonts or styles; every file is one that the gateway serves.
    assetsInlineLimit: 0,
    target: "es2023",
    sourcemap: false,
    reportCompressedSize: true,
    // 250 kB compressed for what people look at every day; other pages, and German, are loaded with the first look at them.
    chunkSizeWarningLimit: 900,
  },
  // While developing, `dev/serve.ts` answers what the gateway would.
  server: { proxy: { "/api": "http://127.0.0.1:8799", "/session": "http://127.0.0.1:8799" } },
});
