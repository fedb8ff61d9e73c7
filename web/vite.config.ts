import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

// One file, no network: the report must open from a disk, offline.
export default defineConfig({
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: { target: "es2020", cssMinify: true, reportCompressedSize: false },
});
