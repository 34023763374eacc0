"""The staff pages: sign-in, queue, case, mails, tasks, people, rules, audit."""
