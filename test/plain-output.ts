/** Commands that tests start print without colours, also where the terminal or the CI asks for them. */
delete process.env["FORCE_COLOR"];
process.env["NO_COLOR"] = "1";
