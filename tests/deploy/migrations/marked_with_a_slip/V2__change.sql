-- homeport: braking
SELECT 1;
