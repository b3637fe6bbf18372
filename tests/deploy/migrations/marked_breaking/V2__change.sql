-- homeport: breaking: the old worker would send mails twice
UPDATE notes SET title = upper(title);
