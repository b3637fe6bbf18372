-- homeport: breaking
-- homeport: compatible
SELECT 1;
