-- homeport: breaking
UPDATE notes SET title = upper(title);
