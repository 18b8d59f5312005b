"""The texts and addresses of mails and the interface of a mailer; nothing here sends one."""
