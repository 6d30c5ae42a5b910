/**
 * Parts that went into the page as copies inside other parts, or by way of a tool: no folder of node_modules stands for
 * them among the modules of the page, so they are listed here, each with where it came in and its licence.
 */

export interface Embedded {
  name: string;
  /** module of the page by which it comes in; null: it is in every build */
  by: RegExp | null;
  /** the package whose licence texts are its own, or the text itself */
  licence: { package: string } | { text: string };
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

export const EMBEDDED: readonly Embedded[] = [
  {
    name: "DOMPurify 3.4.15, a copy inside monaco-editor",
    by: /monaco-editor[\\/].*[\\/]dompurify\.js$/,
    licence: { package: "dompurify" },
  },
  {
    name: "marked 14.0.0, a copy inside monaco-editor",
    by: /monaco-editor[\\/].*[\\/]marked\.js$/,
    licence: { package: "marked" },
  },
  {
    name: "Codicons, the icons inside monaco-editor (CC-BY-4.0)",
    by: /monaco-editor[\\/].*[\\/]codicon[^\\/]*\.css$/,
    licence: {
      text: `Copyright (c) Microsoft Corporation. https://github.com/microsoft/vscode-codicons, unchanged. Licensed under the
Creative Commons Attribution 4.0 International licence: https://creativecommons.org/licenses/by/4.0/legalcode`,
    },
  },
  {
    name: "Emscripten, the runtime around QuickJS (MIT)",
    by: /quickjs-wasmfile-release-sync/,
    licence: {
      text: `Copyright (c) 2010-2014 Emscripten authors, see https://github.com/emscripten-core/emscripten\n\n${MIT}`,
    },
  },
  {
    name: "musl, the C library inside the QuickJS WebAssembly (MIT)",
    by: /quickjs-wasmfile-release-sync/,
    licence: { text: `Copyright (c) 2005-2020 Rich Felker, et al. https://musl.libc.org\n\n${MIT}` },
  },
  {
    name: "dlmalloc, the allocator inside the QuickJS WebAssembly (CC0-1.0)",
    by: /quickjs-wasmfile-release-sync/,
    licence: {
      text: "Written by Doug Lea and released to the public domain. https://creativecommons.org/publicdomain/zero/1.0/",
    },
  },
  {
    name: "compiler-rt, inside the QuickJS WebAssembly (Apache-2.0 WITH LLVM-exception)",
    by: /quickjs-wasmfile-release-sync/,
    licence: {
      text: `Part of the LLVM project, https://llvm.org. Licensed under the Apache License, Version 2.0, the text of which stands
under "assemblyscript", with this exception: as an exception, if, as a result of your compiling your source code,
portions of this Software are embedded into an Object form of such source code, you may redistribute such embedded
portions in such Object form without complying with the conditions of Sections 4(a), 4(b) and 4(d) of the License.`,
    },
  },
  {
    name: "AssemblyScript, whose standard library is compiled into the core (Apache-2.0)",
    by: null,
    licence: { package: "assemblyscript" },
  },
  {
    name: "Vite, which adds a loader of modules (MIT)",
    by: /vite[\\/]preload-helper/,
    licence: { text: `Copyright (c) 2019-present, VoidZero Inc. and Vite contributors\n\n${MIT}` },
  },
  {
    name: "Rolldown, which adds a runtime for modules (MIT)",
    by: null,
    licence: { text: `Copyright (c) 2024-present VoidZero Inc. and contributors\n\n${MIT}` },
  },
];
