import tseslint from "typescript-eslint";

const statelessModules = [
  {
    selector: "Program > VariableDeclaration[kind='let']",
    message: "No state at module level: give it a lifetime.",
  },
  {
    selector: "Program > ExportNamedDeclaration > VariableDeclaration[kind='let']",
    message: "No state at module level.",
  },
];

const oldNodeReadsIt = "An old Node has to read this file, to say that it is too old.";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "coverage/",
      "reports/",
      ".stryker-tmp/",
      "node_modules/",
      "*.cjs",
      "*.config.js",
      "test/mutation/*.js",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...statelessModules],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Only main.ts reads the environment." },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/git/reading/revision.ts"],
    rules: { "@typescript-eslint/max-params": ["error", { max: 4 }] },
  },
  {
    files: ["src/main.ts", "src/process/node-version.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...statelessModules,
        ...[
          "AwaitExpression",
          "ChainExpression",
          "LogicalExpression[operator='??']",
          "AssignmentExpression[operator=/(\\?\\?|\\|\\||&&)=/]",
          "ImportDeclaration[source.value=/^node:/]",
          "PropertyDefinition, PrivateIdentifier, StaticBlock",
        ].map((selector) => ({ selector, message: oldNodeReadsIt })),
      ],
    },
  },
  { files: ["src/main.ts"], rules: { "no-restricted-properties": "off" } },
  { files: ["test/**/*.ts"], rules: { "no-console": "off", "@typescript-eslint/no-non-null-assertion": "off" } },
);
